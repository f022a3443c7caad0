import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Stage } from "../stage.ts"

const program = fileURLToPath(new URL("../../dist/zst.js", import.meta.url))

export const tokenOf = ({ databaseUrl, directory }: Stage, role: "admin" | "customer", name: string) =>
  execFileSync(process.execPath, [program, "token", "--role", role, "--user", name], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, ZST_DATA_DIR: directory },
    encoding: "utf8"
  }).trim()
