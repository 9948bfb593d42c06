/* What the search counts, as Sphinx does; but a page or section whose title has the reader's own words in their order
   comes first. */
var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
  score: ([, title, , , score]) => {
    const query = (new URLSearchParams(window.location.search).get("q") ?? "").toLowerCase().trim();
    return query && title.toLowerCase().includes(query) ? score + 100 : score;
  },
};
