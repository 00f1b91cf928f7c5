// Buttons that save what is shown. Tables come from the kernel in a custom message, on demand: nothing of
// them enters the widget's state. Pictures are made by the chart.
function save(name, type, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function picture(el, format, filename) {
  const chart = el.closest(".omnipandas-explorer")?.querySelector(".omnipandas-chart");
  chart?.dispatchEvent(new CustomEvent("omnipandas-save", { detail: { format, filename } }));
}

function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "omnipandas-downloads";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Download");
  for (const format of model.get("formats")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = format;
    button.title = `Download as ${format}`;
    button.addEventListener("click", () => {
      if (format === "PNG" || format === "SVG") picture(el, format.toLowerCase(), model.get("name"));
      else model.send({ format });
    });
    bar.append(button);
  }
  function enable() {
    for (const button of bar.children) button.disabled = !model.get("name");
  }
  function receive(message, buffers) {
    if (message.file) save(message.file, message.type, buffers[0]);
  }
  model.on("msg:custom", receive);
  model.on("change:name", enable);
  enable();
  el.append(bar);
  return () => {
    model.off("msg:custom", receive);
    model.off("change:name", enable);
  };
}

export default { render };
