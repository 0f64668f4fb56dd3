import type { StoreSettings } from '~/server/utils/config/store'
import type { Cure } from './finding'
import type { Action } from './storeCall'
import { endpointOptions } from './tools'

const bucketActions: readonly Action[] = ['s3:ListBucket', 's3:ListBucketMultipartUploads', 's3:GetLifecycleConfiguration']
const objectActions: readonly Action[] = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']

/** How to give the server's key all that it needs on the bucket, and nothing else. */
export function policyCure(store: StoreSettings): Cure {
  switch (store.provider) {
    case 'aws': return {
      says: 'Let the server\'s key do this on the bucket, and no more. The user is called lading here; a role takes the same with put-role-policy and --role-name.',
      files: [{ name: 'policy.json', content: policy(store) }],
      commands: ['aws iam put-user-policy --user-name lading --policy-name lading --policy-document file://policy.json'],
    }
    case 'minio': return {
      says: 'Let the server\'s key do this on the bucket, and no more. ALIAS is what mc calls the server, USER the access key of the site.',
      files: [{ name: 'policy.json', content: policy(store) }],
      commands: ['mc admin policy create ALIAS lading policy.json', 'mc admin policy attach ALIAS lading --user USER'],
    }
    case 'ceph': return {
      says: 'Let a user of the site\'s own do this on the bucket, and no more: by a policy that the bucket\'s owner puts on it. The user is called lading here.',
      files: [{ name: 'policy.json', content: policy(store, { AWS: ['arn:aws:iam:::user/lading'] }) }],
      commands: [`aws s3api put-bucket-policy --bucket ${store.bucket} --policy file://policy.json${endpointOptions(store)}`],
    }
    case 'r2': return { says: `Make an API token with the permission "Object Read & Write" for the bucket ${store.bucket} alone (dashboard: R2, API, Manage API tokens).` }
    case 'b2': return {
      says: 'Make an application key for this bucket alone.',
      commands: [`b2 key create --bucket ${store.bucket} lading listBuckets,listFiles,readFiles,writeFiles,deleteFiles`],
    }
    case 'local': return { says: 'Use the first of the keys that the local store prints; the one of --reader-key may change nothing.' }
  }
}

function policy({ bucket, region = '' }: StoreSettings, principal?: object) {
  const resource = `arn:${partitionOf(region)}:s3:::${bucket}`
  const allow = (actions: readonly Action[], on: string) => ({ Effect: 'Allow', ...principal && { Principal: principal }, Action: actions, Resource: [on] })
  return { Version: '2012-10-17', Statement: [allow(bucketActions, resource), allow(objectActions, `${resource}/*`)] }
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
