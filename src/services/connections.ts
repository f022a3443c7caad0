/** What statements begin with for which there are connections of their own (layers/Postgres.ts). */

/** Of lists, which take their time. */
export const ofList = "/* list */"

/** Of lists that are steady (pageSql.ts), whose plans are made once. */
export const ofSteadyList = "/* steady list */"

/** Of who asks, which comes before all else that somebody asks for: nobody waits for others' carts to sign in. */
export const ofCaller = "/* caller */"
