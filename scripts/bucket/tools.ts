import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3'
import type { StoreSettings } from '~/server/utils/config/store'
import type { ProviderTraits } from '~/server/utils/providers'
import type { CureFile } from './finding'
import { abortRule, keptDays } from './rules'

/** How one command-line program does what a bucket needs: the files to write, and the commands that take them. */
export interface Tool {
  setCors(store: StoreSettings, rules: readonly CORSRule[]): Steps
  setLifecycle(store: StoreSettings, rules: readonly LifecycleRule[], traits: ProviderTraits): Steps
  makePrivate(store: StoreSettings): Steps
  createBucket(store: StoreSettings): Steps
}

export interface Steps {
  files?: readonly CureFile[]
  commands: readonly string[]
}

export const tools: Record<ProviderTraits['tool'], Tool> = {
  aws: {
    setCors: (store, rules) => ({
      files: [{ name: 'cors.json', content: { CORSRules: rules } }],
      commands: [`aws s3api put-bucket-cors --bucket ${store.bucket} --cors-configuration file://cors.json${endpointOptions(store)}`],
    }),
    setLifecycle: (store, rules) => ({
      files: [{ name: 'lifecycle.json', content: { Rules: rules } }],
      commands: [`aws s3api put-bucket-lifecycle-configuration --bucket ${store.bucket} --lifecycle-configuration file://lifecycle.json${endpointOptions(store)}`],
    }),
    makePrivate: (store) => ({
      commands: store.provider === 'aws'
        ? [`aws s3api put-public-access-block --bucket ${store.bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`]
        : [`aws s3api put-bucket-acl --bucket ${store.bucket} --acl private${endpointOptions(store)}`, `aws s3api delete-bucket-policy --bucket ${store.bucket}${endpointOptions(store)}`],
    }),
    createBucket: (store) => ({ commands: [`aws s3 mb s3://${store.bucket}${endpointOptions(store)}`] }),
  },

  wrangler: {
    setCors: ({ bucket }, rules) => ({
      files: [{ name: 'cors.json', content: { rules: rules.map(toR2CorsRule) } }],
      commands: [`npx wrangler r2 bucket cors set ${bucket} --file cors.json`],
    }),
    setLifecycle: ({ bucket }, _rules, { lifecycle }) => ({
      commands: [
        `npx wrangler r2 bucket lifecycle add ${bucket} ${abortRule.ID} --abort-multipart-days ${keptDays} --force`,
        `npx wrangler r2 bucket lifecycle remove ${bucket} --name "${lifecycle.defaultRuleId}"`,
      ],
    }),
    makePrivate: ({ bucket }) => ({ commands: [`npx wrangler r2 bucket dev-url disable ${bucket}`] }),
    createBucket: ({ bucket }) => ({ commands: [`npx wrangler r2 bucket create ${bucket}`] }),
  },

  mc: {
    setCors: (_store, rules) => ({ commands: [`mc admin config set ALIAS api cors_allow_origin=${rules.flatMap(({ AllowedOrigins = [] }) => AllowedOrigins).join()}`] }),
    setLifecycle: () => ({ commands: [`mc admin config set ALIAS api stale_uploads_expiry=${keptDays * 24}h`] }),
    makePrivate: ({ bucket }) => ({ commands: [`mc anonymous set private ALIAS/${bucket}`] }),
    createBucket: ({ bucket }) => ({ commands: [`mc mb ALIAS/${bucket}`] }),
  },
}

/** What the AWS command-line program needs to be told of where the bucket is. */
export function endpointOptions({ endpoint, region }: StoreSettings): string {
  return (endpoint ? ` --endpoint-url ${endpoint}` : '') + (region ? ` --region ${region}` : '')
}

function toR2CorsRule({ ID, AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders, MaxAgeSeconds }: CORSRule) {
  return {
    ...ID && { id: ID },
    allowed: { origins: AllowedOrigins, methods: AllowedMethods, ...AllowedHeaders && { headers: AllowedHeaders } },
    ...ExposeHeaders && { exposeHeaders: ExposeHeaders },
    ...MaxAgeSeconds && { maxAgeSeconds: MaxAgeSeconds },
  }
}
