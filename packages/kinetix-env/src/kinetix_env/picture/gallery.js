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

// Levels are shown that have all the words in the field and all the tags that are pressed.
const field = document.querySelector("input");
const tagButtons = [...document.querySelectorAll(".filter button")];

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const tags = tagButtons.filter((button) => button.getAttribute("aria-pressed") === "true").map((button) => button.dataset.tag);
  for (const level of document.querySelectorAll(".level")) {
    const text = level.textContent.toLowerCase();
    const own = [...level.querySelectorAll(".tags li")].map((tag) => tag.dataset.tag);
    level.hidden = !(words.every((word) => text.includes(word)) && tags.every((tag) => own.includes(tag)));
  }
  for (const group of document.querySelectorAll("section, .family")) {
    group.hidden = !group.querySelector(".level:not([hidden])");
  }
  for (const link of document.querySelectorAll("nav a")) {
    link.hidden = document.getElementById(link.hash.slice(1)).hidden;
  }
  for (const count of document.querySelectorAll("small[data-count]")) {
    const within = count.closest("section .family, section") ?? document;
    const shown = within.querySelectorAll(".level:not([hidden])").length;
    const all = Number(count.dataset.count);
    count.textContent = shown === all ? `(${all})` : `(${shown} of ${all})`;
  }
  document.querySelector(".nothing").hidden = document.querySelector(".level:not([hidden])") !== null;
}

field.addEventListener("input", filter);
for (const button of tagButtons) {
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "true" ? "false" : "true");
    filter();
  });
}
document.querySelector(".reset").addEventListener("click", () => {
  field.value = "";
  for (const button of tagButtons) button.setAttribute("aria-pressed", "false");
  filter();
});
// A browser keeps what was typed before a page is loaded again.
if (field.value) filter();
