// Browsers start no worker for a page that was opened as a file. The theme's search runs in one, so for such a page this
// replaces Worker by a hidden frame that runs the same script and exchanges the same messages.
(() => {
  if (location.protocol !== "file:") return;
  class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.onerror = this.onmessage = null;
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => {
        const event = new MessageEvent("message", { data });
        this.onmessage?.(event);
        this.dispatchEvent(event);
      };
      inside.importScripts = (...urls) =>
        urls.reduce(
          (before, next) => before.then(() => new Promise((loaded) => this.load(next, loaded))),
          Promise.resolve(),
        );
      this.ready = new Promise((loaded) => this.load(url, loaded));
    }

    load(url, loaded) {
      const page = this.frame.contentDocument;
      const script = page.createElement("script");
      script.src = new URL(url, location.href).href;
      script.onload = loaded;
      script.onerror = (event) => this.onerror?.(event);
      page.body.append(script);
    }

    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.frame.remove();
    }
  }
  window.IFrameWorker = window.Worker = FrameWorker;
})();
