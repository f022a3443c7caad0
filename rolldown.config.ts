import { defineConfig } from "rolldown"

/** The production build: one tree-shaken program, which starts faster and rests smaller than the sources do. */
export default defineConfig({
  input: { zst: "src/cli/main.ts" },
  platform: "node",
  // Native code, loaded when it is needed.
  external: ["sharp"],
  output: { dir: "dist", format: "esm", cleanDir: true }
})
