// Runs in the page: what a person sees of it, in pixels. The argument: the data of the comparison.
// Returns the problems, a sentence for each.
const data = arguments[0];
const problems = [];
// Chromium gives boxes to the parts of a hidden SVG group, so their style counts, too.
const drawn = (element) => !element || (getComputedStyle(element).display !== 'none' && drawn(element.parentElement));
const solid = (box) => box.width > 0 && box.height > 0;
const visible = (element) => drawn(element) && solid(element.getBoundingClientRect());
const quoted = (name) => CSS.escape(name);

// The page fits the window.
const root = document.documentElement;
if (root.scrollWidth > innerWidth) problems.push(`it is wider than the window: ${root.scrollWidth} px`);
if (root.scrollHeight > innerHeight) problems.push(`it is higher than the window: ${root.scrollHeight} px`);

// Nothing comes from elsewhere.
for (const element of document.querySelectorAll('[src], [href]')) {
  const from = element.getAttribute('src') ?? element.getAttribute('href');
  if (!/^(#|data:)/.test(from)) problems.push(`it asks for ${from}`);
}
for (const resource of performance.getEntriesByType('resource')) {
  problems.push(`it asks for ${resource.name}`);
}

// Every quantity of a load has its plot, and every server its place there.
const need = (place, selector, what) => {
  const found = place?.querySelector(selector);
  if (!found) problems.push(`${what} is missing`);
  else if (!visible(found)) problems.push(`${what} is not visible`);
  return found;
};
const places = document.querySelectorAll('.measured');
if (places.length !== data.parts.length) problems.push(`there are ${places.length} loads`);
data.parts.forEach((part, number) => {
  for (const row of part.rows) {
    const {server} = row;
    for (const plot of part.quantities) {
      const its = `[data-plot=${plot}] [data-server=${quoted(server)}]`;
      need(places[number], its, `${server} in the plot ${plot}`);
      // A server with no success has no times: null. The first row is such a one in the extreme data.
      if (row[plot] !== null) need(places[number], `${its} rect`, `the bar of ${server} in ${plot}`);
    }
  }
});
const withTimelines = data.head_of_line.length > 0;
for (const {server} of withTimelines ? data.parts[0].rows : []) {
  need(document, `[data-plot=head_of_line] [data-server=${quoted(server)}]`, `${server} in the plot head_of_line`);
  const timeline = `[data-plot=timeline][data-server=${quoted(server)}] svg`;
  if (need(document, timeline, `the timeline of ${server}`) &&
      document.querySelectorAll(`${timeline} rect`).length < 4) {
    problems.push(`the timeline of ${server} is empty`);
  }
}

// The counts and the conclusions are those of the data.
const cells = [...document.querySelectorAll('[data-plot=head_of_line] td')].map((cell) => cell.textContent);
const counts = data.head_of_line.map((count) => `${count.answered}/${count.fast}`);
if (cells.join() !== counts.join()) problems.push(`the head-of-line table shows ${cells.join(' ')}`);
for (const text of [...data.head_of_line_conclusions, ...data.parts.flatMap((part) => part.conclusions)]) {
  if (!document.body.innerText.includes(text)) problems.push(`it does not say: ${text}`);
}

// Every bar is as long as its median says, in the scale of its plot.
data.parts.forEach(({rows, quantities}, number) => {
  for (const plot of quantities) {
    const longest = Math.max(...rows.map((row) => row[plot]?.median ?? 0));
    const width = ({server}) => places[number]
        ?.querySelector(`[data-plot=${plot}] [data-server=${quoted(server)}] rect`)?.getBBox().width ?? 0;
    const widest = Math.max(...rows.map(width));
    for (const row of rows) {
      const right = longest ? (row[plot]?.median ?? 0) / longest * widest : 0;
      if (Math.abs(width(row) - right) > 1.5) problems.push(`the bar of ${row.server} in ${plot} has a wrong length`);
    }
  }
});

// No text is too small, cut off, or under another one. A text is what one line of one text node covers.
const texts = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode;
  if (!node.data.trim() || !drawn(node.parentElement)) continue;
  if (node.parentElement.closest('script, style, title, desc')) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const box of range.getClientRects()) {
    if (solid(box)) texts.push({node, box, words: node.data.trim().slice(0, 40)});
  }
}
for (const {node, box, words} of texts) {
  if (box.height < 12) problems.push(`'${words}' is too small: ${box.height.toFixed(1)} px`);
  for (let around = node.parentElement; around; around = around.parentElement) {
    const clips = around.matches('section, figure, svg:not(figure svg), .picture, td, th, body');
    const outer = around.getBoundingClientRect();
    if (clips && (box.left < outer.left - 1 || box.right > outer.right + 1 ||
                  box.top < outer.top - 1 || box.bottom > outer.bottom + 1)) {
      problems.push(`'${words}' leaves its ${around.tagName.toLowerCase()}`);
    }
  }
}
const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
for (const shape of document.querySelectorAll('svg[data-plot] :is(rect, polyline)')) {
  const box = shape.getBoundingClientRect();
  for (const {node, box: words} of texts) {
    if (overlap(box, words)) problems.push(`'${node.data}' lies on a bar or a whisker`);
  }
}
// Boxes of text are higher than its letters: a fifth above and below may be shared.
const covers = (a, b) =>
  a.left < b.right - 1 && b.left < a.right - 1 &&
  a.top + a.height / 5 < b.bottom - b.height / 5 && b.top + b.height / 5 < a.bottom - a.height / 5;
texts.forEach((one, i) => texts.slice(i + 1).forEach((other) => {
  if (covers(one.box, other.box)) problems.push(`'${one.words}' and '${other.words}' overlap`);
}));
return problems;
