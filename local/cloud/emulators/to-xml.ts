/** What an element holds: text, named elements, or a list, whose items AWS calls `member`. */
export type XmlContent = string | readonly XmlContent[] | { readonly [name: string]: XmlContent };

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** An answer of AWS's query protocol. */
export function toXml(name: string, content: XmlContent, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${escaped(namespace)}"`;
  return `<${name}${attribute}>${inner(content)}</${name}>`;
}

function inner(content: XmlContent): string {
  if (typeof content === 'string') return escaped(content);
  if (isList(content)) return content.map((item) => toXml('member', item)).join('');
  return Object.entries(content)
    .map(([name, value]) => toXml(name, value))
    .join('');
}

function isList(content: XmlContent): content is readonly XmlContent[] {
  return Array.isArray(content);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPED[character] ?? '');
}
