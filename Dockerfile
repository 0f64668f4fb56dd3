FROM node:24-slim AS build
WORKDIR /app
ENV NUXT_TELEMETRY_DISABLED=1
# Its own layer: the packages are installed anew only when they have changed. Nuxt prepares itself in the build.
COPY package.json package-lock.json .npmrc ./
RUN npm install --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=build /app/.output .output
USER node
EXPOSE 3000
# It lets what is under way end, which may take as long as a request may: give it that time (docker stop --time 320).
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", ".output/server/index.mjs"]
