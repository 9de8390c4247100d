-- One way to search: src/platform/search.ts says it for browsers, this function for lists of the server.

-- Case is folded by Unicode's rules whatever the database's own collation, hence ICU.
create function academy.folded(p_text text) returns text language sql immutable strict parallel safe
as $$
  select replace(lower(regexp_replace(
    normalize(regexp_replace(p_text, '[''`´‘’ʼ′]', '', 'g'), NFD),
    '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]',
    '', 'g') collate "und-x-icu"), 'ς', 'σ')
$$;

-- Folded once, when it is written. An index over the middle of words would need an extension that a managed server may not
-- have; instead this index holds the folded texts of an institution's people together, and a search reads no row beside them.
alter table academy.users
  add column search_text text not null generated always as (academy.folded(name || ' ' || email)) stored;
alter table academy.disciplines
  add column search_text text not null generated always as (academy.folded(name || ' ' || code)) stored;
create index users_search on academy.users (institution_id, role, id) include (search_text);
