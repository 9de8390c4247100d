import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { compression } from 'vite-plugin-compression2'
import { chunkGroups } from './chunks.ts'
import { contractsForPages } from './contracts.ts'

/** What is a page or a part of one is served from here; everything else is the API's, on its own port while developing. */
const API =
  '^/(?!$|\\?|app(/|$|\\?)|adm(?!/api)(/|$|\\?|\\.)|@|main\\.tsx|favicon\\.svg|index\\.html|node_modules/|apps/|src/|\\.\\./)'

/** While developing too, the console has a page of its own: neither application carries the other's script. */
const consolePages: Plugin = {
  name: 'console-pages',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, _, next) => {
      if (/^\/adm(?!\/api)(\/[^.]*)?(\?|$)/.test(request.url ?? '')) request.url = '/adm.html'
      next()
    })
  },
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    react(),
    consolePages,
    contractsForPages,
    // Compressed once, as well as it goes, and not for each reader.
    compression({ include: /\.(js|css|svg)$/, threshold: 1024, logLevel: 'silent' }),
  ],
  server: {
    // With the browser's own Host: the API refuses what seems to come from another site.
    proxy: { [API]: { target: process.env['API_URL'] ?? 'http://localhost:3000', changeOrigin: false } },
  },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false }, // every browser of that age preloads modules
    rolldownOptions: {
      input: ['index.html', 'adm.html'].map((file) => join(import.meta.dirname, file)),
      output: { codeSplitting: { groups: chunkGroups } },
    },
    emptyOutDir: true,
    chunkSizeWarningLimit: 700, // what all pages start with is one file; a test counts what is sent
  },
})
