import { defineConfig } from "rolldown"

/** The production build: tree-shaken programs, which start faster and rest smaller than the sources do. */
export default defineConfig({
  input: { zst: "src/cli/main.ts", "media-worker": "src/media-worker/main.ts" },
  platform: "node",
  // They come with libraries of their own, which they find beside themselves.
  external: [/^sharp($|\/)/, /^node-av($|\/)/, /^libheif-js($|\/)/],
  // Node keeps the text of what it runs.
  output: { dir: "dist", format: "esm", cleanDir: true, comments: { jsdoc: false, annotation: false } }
})
