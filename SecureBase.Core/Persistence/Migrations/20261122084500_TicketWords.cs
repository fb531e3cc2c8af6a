using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

/// <summary>Indexes over the words of tickets and comments, for searching all tenants at once; the model stays as it is.</summary>
[DbContext(typeof(SecureBaseDb))]
[Migration("20261122084500_TicketWords")]
public partial class TicketWords : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql($$"""
        -- What is neither letter nor digit divides words, so that prod-eu-1 is found by eu-1 as well as by prod. Written out, because
        -- classes such as [:alnum:] know other letters than English ones under some locales only.
        create function words_of(body text) returns tsvector language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $words$
          select to_tsvector('simple'::regconfig, regexp_replace(body, '[][!-/:-@\\^_`{-~[:space:]–—“”„‘’…«»·•]+', ' ', 'g'))
        $words$;
        create function ticket_words(number text, subject text, description text, tags text[]) returns tsvector language sql immutable strict parallel safe
          set search_path = pg_catalog, public, pg_temp as $words$
          select words_of(number || ' ' || subject || ' ' || description || ' ' || array_to_string(tags, ' '))
        $words$;
        revoke all on function words_of(text), ticket_words(text, text, text, text[]) from public;
        grant execute on function words_of(text), ticket_words(text, text, text, text[]) to {{RowSecurity.AppRole}}, {{RowSecurity.StaffRole}};
        create index ix_tickets_words on tickets using gin (ticket_words(number, subject, description, tags));
        create index ix_ticket_comments_words on ticket_comments using gin (words_of(body));
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop index ix_ticket_comments_words;
        drop index ix_tickets_words;
        drop function ticket_words(text, text, text, text[]);
        drop function words_of(text);
        """);
}
