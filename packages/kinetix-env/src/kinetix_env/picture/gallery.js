// A clip is shown while one points at its level, and for as long as one likes after a click.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

for (const stage of document.querySelectorAll("button.stage")) {
  const image = stage.querySelector("img");
  let kept = false;
  const show = (on) => {
    if (on === !image.hidden) return;
    if (on) {
      // an address of its own each time, so that the clip starts at its beginning
      const bytes = Uint8Array.from(atob(stage.dataset.clip), (letter) => letter.charCodeAt(0));
      image.src = URL.createObjectURL(new Blob([bytes], { type: "image/gif" }));
    } else {
      URL.revokeObjectURL(image.src);
      image.removeAttribute("src");
    }
    image.hidden = !on;
  };
  const pointed = (on) => (event) => {
    if (event.pointerType === "mouse" && !kept && !calm.matches) show(on);
  };
  stage.addEventListener("pointerenter", pointed(true));
  stage.addEventListener("pointerleave", pointed(false));
  stage.addEventListener("click", () => {
    kept = !kept;
    stage.setAttribute("aria-pressed", kept);
    show(kept);
  });
}

document.querySelector("input").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const level of document.querySelectorAll(".level")) {
    level.hidden = !words.every((word) => level.textContent.toLowerCase().includes(word));
  }
  for (const group of document.querySelectorAll("section, .family")) {
    group.hidden = !group.querySelector(".level:not([hidden])");
  }
});
