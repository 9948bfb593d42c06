/* A square picture on which one draws, with a pointer or with keys: arrows move, the space bar draws.

   drawingPad(canvas, side, changed) returns { show }: show(pixels) takes side * side levels from 0 to 255, and
   changed(pixels, isNewStroke) is called with a copy of them whenever one has drawn. */
function drawingPad(canvas, side, changed) {
  const RADIUS = 1.4;
  const SOFT = 1.6;
  let pixels = new Uint8Array(side * side);
  let place = [side / 2, side / 2];
  let isDrawing = false;
  canvas.width = side;
  canvas.height = side;

  function paint() {
    const context = canvas.getContext("2d");
    const image = context.createImageData(side, side);
    pixels.forEach((level, at) => image.data.set([level, level, level, 255], 4 * at));
    context.putImageData(image, 0, 0);
    if (document.activeElement !== canvas) return;
    context.strokeStyle = "#d55e00";
    context.strokeRect(Math.floor(place[0]) - 0.5, Math.floor(place[1]) - 0.5, 2, 2);
  }

  /* A soft dot, as wide as the strokes of the digits. */
  function dot(x, y) {
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++) {
        const beyond = Math.hypot(column + 0.5 - x, row + 0.5 - y) - RADIUS;
        const level = 255 * Math.min(Math.max(1 - beyond / SOFT, 0), 1);
        pixels[row * side + column] = Math.max(pixels[row * side + column], level);
      }
  }

  function stroke(to, isNewStroke) {
    const [x, y] = isNewStroke ? to : place;
    const steps = Math.ceil(2 * Math.hypot(to[0] - x, to[1] - y)) || 1;
    for (let step = 1; step <= steps; step++)
      dot(x + ((to[0] - x) * step) / steps, y + ((to[1] - y) * step) / steps);
    place = to;
    paint();
    changed(pixels.slice(), isNewStroke);
  }

  function under(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.x) / box.width) * side, ((event.clientY - box.y) / box.height) * side];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    isDrawing = true;
    stroke(under(event), true);
  });
  canvas.addEventListener("pointermove", (event) => isDrawing && stroke(under(event), false));
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (isDrawing = false));
  for (const focus of ["focus", "blur"]) canvas.addEventListener(focus, paint);

  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.key === " ") stroke(place, true);
    else if (moves[event.key]) {
      place = place.map((at, axis) => Math.min(Math.max(at + moves[event.key][axis], 0), side - 1));
      paint();
    } else return;
    event.preventDefault();
  });

  function show(levels) {
    pixels = levels.slice();
    paint();
  }

  return { show };
}
