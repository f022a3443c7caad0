/** What is used here of libheif's own interface, which its package describes for another build of it. */
declare module "libheif-js/libheif-wasm/libheif-bundle.mjs" {
  type Handle = { readonly heif_image_handle: never }
  type Failed = { readonly code: object }
  type Channel = { readonly stride: number; readonly width: number; readonly height: number; readonly data: Uint8Array }
  type Decoded = { readonly code?: undefined; readonly channels: ReadonlyArray<Channel> }
  type Library = {
    readonly heif_error_code: { readonly heif_error_Ok: object }
    readonly heif_colorspace: { readonly heif_colorspace_RGB: object }
    readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: object }
    readonly heif_context_alloc: () => object
    readonly heif_context_read_from_memory: (context: object, bytes: Uint8Array) => Failed
    readonly heif_js_context_get_primary_image_handle: (context: object) => Handle | Failed
    readonly heif_image_handle_has_alpha_channel: (handle: Handle) => number
    /** The data is a view of its own memory. */
    readonly heif_js_decode_image2: (
      handle: Handle,
      colours: object,
      chroma: object
    ) => Promise<Decoded | Failed> | Decoded | Failed
  }
  const load: () => Library
  export default load
}
