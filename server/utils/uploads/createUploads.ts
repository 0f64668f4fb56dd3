import type { z } from 'zod'
import type { CompleteRequest, initiate as initiateContract, SignRequest } from '#shared/api'
import { abort } from './abort'
import { complete } from './complete'
import type { UploadContext } from './context'
import { initiate } from './initiate'
import { pending } from './pending'
import { seal } from './seal'
import { sign } from './sign'
import { status } from './status'

export type Uploads = ReturnType<typeof createUploads>

/** Everything that can be done with an upload. Each call can be repeated; each throws `LadingError`. */
export function createUploads(context: UploadContext) {
  return {
    initiate: (owner: string, request: z.output<typeof initiateContract.request>) => initiate(context, owner, request),
    sign: (owner: string, request: SignRequest) => sign(context, owner, request),
    status: (owner: string, { id }: { id: string }) => status(context, owner, id),
    pending: (owner: string) => pending(context, owner),
    complete: (owner: string, request: CompleteRequest, deadline: AbortSignal) => complete(context, owner, request, deadline),
    seal: (owner: string, request: { id: string, sha256: string }) => seal(context, owner, request),
    abort: (owner: string, { id }: { id: string }) => abort(context, owner, id),
  }
}
