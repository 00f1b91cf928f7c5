// JupyterLab takes arrows and letters for its own commands, on a list or a tab too. In the group that
// this invisible part stands in, whatever has the focus keeps its keys. Lab looks at that element first,
// so the mark has to stand there: on the group it would come too late.
function keep({ target }) {
  target.setAttribute("data-lm-suppress-shortcuts", "true");
}

function render({ el }) {
  let ended = false;
  el.style.display = "none";
  function watch() {
    const group = el.closest(".omnipandas-keys");
    if (group) group.addEventListener("focusin", keep);
    else if (!ended) requestAnimationFrame(watch); // not on the page yet
  }
  watch();
  return () => {
    ended = true;
  };
}

export default { render };
