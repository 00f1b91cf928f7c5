// A plotly figure that is changed in place: one element for good, one message a change.
// plotly.js comes from the kernel, once a page and outside the widget's state; a notebook that is opened
// without its kernel shows the picture of what was drawn last.
const KEY = Symbol.for("omnipandas.plotly");

const asked = new WeakMap();

function plotly(model) {
  if (globalThis[KEY]) return Promise.resolve(globalThis[KEY]);
  if (!asked.has(model)) {
    asked.set(model, new Promise((resolve) => {
      model.on("msg:custom", function receive(message, buffers) {
        if (message.kind !== "plotly") return;
        model.off("msg:custom", receive);
        const before = globalThis.Plotly;
        const script = document.createElement("script");
        script.src = URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" }));
        script.addEventListener("load", () => {
          URL.revokeObjectURL(script.src);
          globalThis[KEY] = globalThis.Plotly;
          if (before) globalThis.Plotly = before; // the page's own, perhaps of another version
          resolve(globalThis[KEY]);
        });
        document.head.append(script);
      });
      model.send({ kind: "plotly" });
    }));
  }
  return asked.get(model);
}

function render({ model, el }) {
  const plot = document.createElement("div");
  plot.className = "omnipandas-chart";
  plot.setAttribute("role", "group");
  const picture = document.createElement("img");
  let ended = false;
  let drawing = Promise.resolve();

  function still() {
    if (!model.get("picture") || plot.childElementCount) return;
    picture.src = model.get("picture");
    picture.alt = model.get("title");
    plot.append(picture);
  }

  async function draw() {
    const number = model.get("number");
    plot.setAttribute("aria-label", model.get("title") || "Figure");
    if (!number) return;
    const Plotly = await plotly(model);
    if (ended || number !== model.get("number")) return; // a later one is on its way
    picture.remove();
    const { data, layout } = JSON.parse(model.get("spec"));
    const size = { height: 460, autosize: true };
    await Plotly.react(plot, data, { ...layout, ...size }, { displaylogo: false, responsive: true });
    plot.dataset.drawn = String(number);
    setTimeout(keep, 100, Plotly, number); // later: the figure is there, the next may be on its way
  }

  async function keep(Plotly, number) {
    if (ended || number !== model.get("number")) return;
    const url = await Plotly.toImage(plot, { format: "svg", width: plot.clientWidth || 800, height: 460 });
    if (ended || number !== model.get("number")) return;
    model.set("picture", url);
    model.save_changes();
    plot.dataset.kept = String(number);
  }

  function next() {
    drawing = drawing.then(draw).catch((error) => console.error(error));
  }

  async function save({ detail }) {
    const { format, filename } = detail;
    (await plotly(model)).downloadImage(plot, { format, filename, width: plot.clientWidth, height: 460 });
  }

  plot.addEventListener("omnipandas-save", save);
  model.on("change:number", next);
  el.append(plot);
  still();
  plotly(model); // it takes about as long as the first answer: both at once
  next();
  return () => {
    ended = true;
    model.off("change:number", next);
    globalThis[KEY]?.purge(plot);
  };
}

export default { render };
