// A tab list as the ARIA Authoring Practices have it: one stop for Tab, arrows, Home and End to choose.
function render({ model, el }) {
  const list = document.createElement("div");
  list.className = "omnipandas-tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", model.get("label"));
  const tabs = model.get("titles").map((title, place) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.textContent = title;
    tab.setAttribute("role", "tab");
    tab.addEventListener("click", () => choose(place));
    list.append(tab);
    return tab;
  });

  function choose(place) {
    model.set("selected", place);
    model.save_changes();
    show();
    tabs[place].focus();
  }

  function show() {
    tabs.forEach((tab, place) => {
      const chosen = place === model.get("selected");
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    });
  }

  list.addEventListener("keydown", (event) => {
    const last = tabs.length - 1;
    const now = model.get("selected");
    const next = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    choose(next);
  });
  model.on("change:selected", show);
  show();
  el.append(list);
  return () => model.off("change:selected", show);
}

export default { render };
