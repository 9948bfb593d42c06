/* The clouds that the page shows after given changes, and what it says of them; and the page as it opens. */
const [, , scripts, changes] = process.argv;
const library = require(`${scripts}/cloud.js`);
const still = { turn: 0, stretch: 1, size: 1, noise: 0, exchanged: 0 };
const seen = JSON.parse(changes).map(({ points, ...change }) => {
  const cloud = library.cloud(points);
  const copy = library.changed(cloud, { ...still, ...change });
  return { cloud, copy, values: library.compare(cloud, copy) };
});
console.log(JSON.stringify({ seen, still: library.still() }));
