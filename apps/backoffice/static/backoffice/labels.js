// The boxes that select2 puts in place of a select say nothing to a screen reader before something is chosen.
addEventListener("load", () => {
  for (const box of document.querySelectorAll(".select2-selection[aria-labelledby]")) {
    const shown = box.getAttribute("aria-labelledby");
    const label = document.querySelector(`label[for="${shown.replace(/^select2-|-container$/g, "")}"]`);
    if (!label) continue;
    box.removeAttribute("aria-labelledby");
    for (const part of [box, document.getElementById(shown)]) part.setAttribute("aria-label", label.textContent.trim());
  }
});
