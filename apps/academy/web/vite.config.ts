import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** What is a page or a part of one is served from here; everything else is the API's, on its own port while developing. */
const API = '^/(?!$|\\?|app(/|$|\\?)|@|main\\.tsx|favicon\\.svg|index\\.html|node_modules/|apps/|src/|\\.\\./)'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: {
    proxy: { [API]: process.env['API_URL'] ?? 'http://localhost:3000' },
  },
  build: {
    target: 'es2023',
    emptyOutDir: true,
    reportCompressedSize: true,
  },
})
