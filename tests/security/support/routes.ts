export interface Route {
  method: 'GET' | 'POST' | 'DELETE'
  /** With an id that never was, where the path holds one. */
  path: string
}

export const neverWas = '00000000-0000-4000-8000-000000000000'

/** Every call but health and session, which nobody needs to be known for. */
export const routes: Route[] = [
  { method: 'POST', path: '/api/upload/initiate' },
  { method: 'POST', path: '/api/upload/sign' },
  { method: 'GET', path: `/api/upload/status?id=${neverWas}` },
  { method: 'GET', path: '/api/upload/pending' },
  { method: 'POST', path: '/api/upload/complete' },
  { method: 'POST', path: '/api/upload/seal' },
  { method: 'POST', path: '/api/upload/abort' },
  { method: 'GET', path: '/api/room' },
  { method: 'GET', path: '/api/files' },
  { method: 'GET', path: `/api/files/${neverWas}/download` },
  { method: 'GET', path: `/api/files/${neverWas}/parts` },
  { method: 'DELETE', path: `/api/files/${neverWas}` },
]

/** The calls that read a body. */
export const bodyRoutes = ['/api/session', ...routes.filter(({ method }) => method === 'POST').map(({ path }) => path)]

/** The calls that change something. */
export const changingRoutes: Route[] = [{ method: 'POST', path: '/api/session' }, ...routes.filter(({ method }) => method !== 'GET')]
