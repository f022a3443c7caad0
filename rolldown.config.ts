import { defineConfig } from "rolldown"

/** The production build: tree-shaken programs, which start faster and rest smaller than the sources do. */
export default defineConfig({
  input: { zst: "src/cli/main.ts", "media-worker": "src/media-worker/main.ts" },
  platform: "node",
  // Native code, found in node_modules by what loads it.
  external: [/^node-av/, "sharp"],
  output: { dir: "dist", format: "esm", cleanDir: true }
})
