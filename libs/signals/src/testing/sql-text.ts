/** What may hold a semicolon that ends no statement: literals, quoted names, bodies, comments. */
const TOKEN =
  /[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|;|[^;'"$\-/eE]+|[\s\S]/g;
const COMMENT = /^(?:--|\/\*)/;

/** The statements of a text of SQL, without the comments before each of them. */
export function statementsOf(text: string): readonly string[] {
  const statements: string[] = [];
  let statement = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === ';') {
      statements.push(statement);
      statement = '';
    } else if (statement.trim() !== '' || !COMMENT.test(token)) {
      statement += token;
    }
  }
  return [...statements, statement].map((each) => each.trim()).filter((each) => each !== '');
}
