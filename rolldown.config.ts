import { defineConfig } from "rolldown"

/** The production build: one tree-shaken program, which starts faster and rests smaller than the sources do. */
export default defineConfig({
  input: { zst: "src/cli/main.ts" },
  platform: "node",
  // They come with libraries of their own, which they find beside themselves.
  external: [/^sharp($|\/)/, /^node-av($|\/)/],
  output: { dir: "dist", format: "esm", cleanDir: true }
})
