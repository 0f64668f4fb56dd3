import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from './errors'

/** Every element as a list, so that one `<Part>` reads like many. */
export interface XmlElement { [tag: string]: (XmlElement | string)[] }

// Values stay text: part number 007 and an ETag such as 1e5 are not numbers. htmlEntities decodes &#34;, which Go clients send.
const parser = new XMLParser({ ignoreAttributes: true, ignoreDeclaration: true, parseTagValue: false, htmlEntities: true, isArray: () => true })
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' })

/** Reads a document with the given root. Throws `MalformedXML`. */
export function parseXml(text: string, root: string): XmlElement {
  // A DOCTYPE has no place in an S3 request and could define entities that grow without end.
  if (text.includes('<!DOCTYPE') || XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML')
  try {
    const document = parser.parse(text) as XmlElement
    const element = document[root]?.[0]
    if (typeof element === 'object') return element
  } catch (cause) {
    throw new S3Error('MalformedXML', { cause })
  }
  throw new S3Error('MalformedXML')
}

/** The child elements of that name. */
export function elementsOf(parent: XmlElement, tag: string): XmlElement[] {
  return (parent[tag] ?? []).filter((child) => typeof child === 'object')
}

/** The texts of the child elements of that name. */
export function textsOf(parent: XmlElement, tag: string): string[] {
  return (parent[tag] ?? []).filter((child) => typeof child === 'string')
}

/** A document with S3's namespace; `undefined` values are left out. */
export function buildXml(root: string, content: Record<string, unknown>): string {
  const namespace = root === 'Error' ? {} : { '@xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/' }
  const present = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined))
  return builder.build({ '?xml': { '@version': '1.0', '@encoding': 'UTF-8' }, [root]: { ...namespace, ...present } })
}
