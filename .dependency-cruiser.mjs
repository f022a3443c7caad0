/** Who may import whom. What a domain may know is an allow-list: anything else is a mistake. */

const domain = "^src/services/([^/]+)/.+"

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circle-of-domains",
      comment: "Of two domains one builds on the other, and never both.",
      severity: "error",
      scope: "folder",
      from: { path: "^src/services/[^/]+$" },
      to: { circular: true, path: "^src/services/[^/]+$" }
    },
    {
      name: "services-allow-list",
      comment: "A domain knows Effect, itself and other domains: no SDK, no HTTP, no adapter, no file. Declare a port.",
      severity: "error",
      from: { path: "^src/services/" },
      to: {
        pathNot: [
          "^src/services/",
          "^(node:)?(crypto|zlib)$",
          "^node_modules/effect/(?!dist/(http|http-api|cli|unstable)/)"
        ]
      }
    },
    {
      name: "pure",
      comment: "What is said and decided is apart from where it is kept.",
      severity: "error",
      from: { path: "^src/services/.*(model|Model|policy|requests|errors|limits|events)\\.ts$" },
      to: { path: "^node_modules/effect/dist/(sql|persistence)/" }
    },
    {
      name: "domains-meet-at-their-doors",
      comment: "Another domain's value belongs to the list of domains alone.",
      severity: "error",
      from: { path: "^src/(?!layers/domains\\.ts)" },
      to: { path: "^src/services/[^/]+/domain\\.ts$" }
    },
    {
      name: "reached-by-events-alone",
      comment: "What tells people is told by an event or a job.",
      severity: "error",
      from: { path: domain, pathNot: "^src/services/notifications/" },
      to: { path: "^src/services/notifications/" }
    },
    {
      name: "contract",
      comment: "The contract imports models, errors and middleware tags only, so that a client can import it.",
      severity: "error",
      from: { path: "^src/server/api/" },
      to: {
        path: "^(src/|node:|fs|path|http|net)",
        pathNot: [
          "^src/server/(api|middleware)/",
          "^src/server/http/(entityTag|errorCode|failures)\\.ts$",
          "/(errors|limits|model|\\w+Model|requests|uploadErrors)\\.ts$",
          "^src/services/(precondition|shape)\\.ts$"
        ]
      }
    },
    {
      name: "handlers",
      comment: "A handler reads the caller, calls one service, and shapes the answer.",
      severity: "error",
      from: { path: "^src/server/handlers/" },
      to: { path: ["^src/cli/", "^src/layers/", "^node_modules/effect/dist/sql/"] }
    },
    {
      name: "surroundings",
      comment: "What surrounds every endpoint knows services and settings, no adapter.",
      severity: "error",
      from: { path: "^src/server/(middleware|http)/" },
      to: { path: ["^src/cli/", "^src/layers/(?!Settings\\.ts)"] }
    },
    {
      name: "adapters",
      comment: "Adapters know services, not who runs them.",
      severity: "error",
      from: { path: "^src/layers/" },
      to: { path: ["^src/server/", "^src/cli/"] }
    },
    {
      name: "server-knows-no-command",
      severity: "error",
      from: { path: "^src/server/" },
      to: { path: "^src/cli/" }
    },
    {
      name: "work-knows-no-option",
      comment: "A command's options are declared over its work, which may be called without them.",
      severity: "error",
      from: { path: "^src/cli/(?!commands/|program\\.ts)" },
      to: { path: "^src/cli/commands/" }
    },
    {
      name: "migrations-stand-alone",
      comment: "They are history: code that changes must not change them.",
      severity: "error",
      from: { path: "^migrations/" },
      to: { path: "^src/" }
    }
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Its `using` declarations are not understood here; it is a program of its own.
    exclude: { path: "^src/media-worker/" },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] }
  }
}
