-- Lists of commands by their origin: reprocessed, released by a batch, made by a schedule. They are few among many, so
-- nothing else finds them quickly; what events and commands make, nearly all, pays nothing for this index.
create index commands_rare_origin on cascata.commands (tenant, origin, id)
  where origin in ('reprocess', 'batch', 'batch-failure', 'schedule');
