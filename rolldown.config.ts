import { chmodSync } from "node:fs"
import { isBuiltin } from "node:module"
import { join } from "node:path"
import { defineConfig, type Plugin } from "rolldown"
import { memory } from "./scripts/lib.mjs"

/** Node keeps the text of what it runs, and twice as long where one sign is not Latin. */
const inLatin = (code: string) =>
  code.replace(/[^\0-\xff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)

/**
 * An import of a module of Node's reads all that it exports, and so loads what it keeps for later: all of fetch for one
 * WebSocket that nobody asked for. Asked for by its name it costs a third of the time and spares eight megabytes.
 */
const sparingBuiltins: Plugin = {
  name: "sparing-builtins",
  resolveId: (source, _, { kind }) =>
    kind === "import-statement" && isBuiltin(source) ? `\0node:${source.replace(/^node:/, "")}` : undefined,
  load: (id) => {
    const name = id.match(/^\0(node:.*)$/)?.[1]
    if (name === undefined) return
    const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter((key) => key !== "default")
    return [
      `const all = process.getBuiltinModule("${name}")`,
      "export default all",
      ...names.map((key) => `export const ${key} = /* @__PURE__ */ (() => all.${key})()`)
    ].join("\n")
  }
}

/** Starts the program on the Node that was installed with it, or else on that of the PATH, whose version is asked first. */
const launcher = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
node=$here/../node_modules/node/bin/node
missing() { echo "Node 24 or later is missing: run 'npm ci' without ignore-scripts, or put Node 24 on the PATH." >&2; }
if [ ! -x "$node" ] || [ ! -s "$node" ]; then
  node=node
  case $(node --version) in
    v2[4-9].*|v[3-9][0-9].*) ;;
    *) missing; exit 1 ;;
  esac
fi
# Once the other program runs, this one is gone. Bash has a way of its own to go on where it does not.
shopt -s execfail 2>/dev/null || trap missing EXIT
${Object.entries({ ...memory.env, NODE_COMPILE_CACHE: "$here/../node_modules/.cache/node" })
  .map(([name, value]) => `export ${name}="\${${name}:-${value}}"`)
  .join("\n")}
exec "$node" --disable-warning=ExperimentalWarning ${memory.nodeFlags.join(" ")} "$here/zst.js" "$@"
missing
exit 126
`

/** The production build: tree-shaken programs, which start faster and rest smaller than the sources do. */
export default defineConfig({
  input: { zst: "src/cli/main.ts", "media-worker": "src/media-worker/main.ts" },
  platform: "node",
  // They come with libraries of their own, which they find beside themselves.
  external: [/^sharp($|\/)/, /^node-av($|\/)/, /^libheif-js($|\/)/],
  plugins: [
    sparingBuiltins,
    {
      name: "in-latin",
      generateBundle: (_, bundle) => {
        for (const part of Object.values(bundle)) if (part.type === "chunk") part.code = inLatin(part.code)
      }
    },
    {
      name: "launcher",
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "zst", source: launcher })
      },
      writeBundle: ({ dir }) => chmodSync(join(dir ?? "dist", "zst"), 0o755)
    }
  ],
  output: { dir: "dist", format: "esm", cleanDir: true, comments: { jsdoc: false, annotation: false } }
})
