/** Types that no browser runs as a page, whatever the bytes say. Everything else is stored as plain bytes. */
const harmless = new Set([
  'application/gzip', 'application/pdf', 'application/vnd.rar', 'application/x-7z-compressed', 'application/x-tar', 'application/zip', 'application/zstd',
  'audio/aac', 'audio/flac', 'audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/wav', 'audio/webm',
  'image/avif', 'image/gif', 'image/heic', 'image/heif', 'image/jpeg', 'image/png', 'image/tiff', 'image/webp',
  'text/csv', 'text/plain',
  'video/mp4', 'video/mpeg', 'video/ogg', 'video/quicktime', 'video/webm', 'video/x-matroska', 'video/x-msvideo',
])

export function safeContentType(claimed: string): string {
  const type = claimed.trim().toLowerCase()
  return harmless.has(type) ? type : 'application/octet-stream'
}
