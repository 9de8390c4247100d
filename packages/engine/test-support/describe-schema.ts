import type pg from 'pg'

/**
 * The schema as the catalogue has it, as text: the same on every supported server. Left out: partitions, whose names are
 * dates, and names of not-null constraints, which only PostgreSQL 18 has.
 */
export async function describeSchema(client: pg.Client | pg.Pool, schema: string): Promise<string> {
  const lines = async (sql: string): Promise<string[]> =>
    (await client.query<{ line: string }>(sql, [schema])).rows.map(({ line }) => line)

  const tables = await client.query<{ oid: number; head: string }>(
    `select c.oid, format('table %s%s%s', c.relname,
       case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end,
       ' with (' || array_to_string(c.reloptions, ', ') || ')') as head
     from pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     order by c.relname`,
    [schema],
  )
  const parts: string[] = []
  for (const { oid, head } of tables.rows) {
    const columns = await client.query<{ line: string }>(
      `select format('  %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
         case when a.attnotnull then ' not null' else '' end, ' default ' || pg_get_expr(d.adbin, d.adrelid)) as line
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
      [oid],
    )
    const constraints = await client.query<{ line: string }>(
      `select format('  constraint %s %s', conname, pg_get_constraintdef(oid)) as line from pg_constraint
       where conrelid = $1 and contype <> 'n' and contype <> 't' order by conname`,
      [oid],
    )
    const indexes = await client.query<{ line: string }>(
      `select '  ' || pg_get_indexdef(indexrelid) as line from pg_index where indrelid = $1 order by 1`,
      [oid],
    )
    const triggers = await client.query<{ line: string }>(
      `select '  ' || pg_get_triggerdef(oid) as line from pg_trigger where tgrelid = $1 and not tgisinternal order by 1`,
      [oid],
    )
    const policies = await client.query<{ line: string }>(
      `select format('  policy %s', polname) as line from pg_policy where polrelid = $1 order by 1`,
      [oid],
    )
    parts.push(
      [head, ...[columns, constraints, indexes, triggers, policies].flatMap((r) => r.rows.map((x) => x.line))].join(
        '\n',
      ),
    )
  }
  const views = await lines(
    `select format('view %s%s (%s)', c.relname, ' with (' || array_to_string(c.reloptions, ', ') || ')',
       string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)) as line
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relnamespace = $1::regnamespace and c.relkind = 'v' group by c.oid order by c.relname`,
  )
  // The bodies are plain text in the migrations; their hash says whether this is the same one.
  const functions = await lines(
    `select format(E'function %s(%s) returns %s\\n  language %s %s%s%s, body %s', p.proname,
       pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), l.lanname,
       case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
       case when p.prosecdef then ' security definer' else '' end,
       ' set ' || array_to_string(p.proconfig, ', '), md5(p.prosrc)) as line
     from pg_proc p join pg_language l on l.oid = p.prolang
     where p.pronamespace = $1::regnamespace order by p.proname, 1`,
  )
  return `${[...parts, views.join('\n'), functions.join('\n')].join('\n\n')}\n`
}
