using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

/// <summary>Indexes in the orders of the queue over all tenants, of the unfinished tickets alone: they stay small however many are closed.</summary>
[DbContext(typeof(SecureBaseDb))]
[Migration("20261122110100_QueueOrder")]
public partial class QueueOrder : Migration
{
    private const string Unfinished = "status not in ('resolved', 'closed')";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateIndex("ix_tickets_waiting_since_updated_at_id", "tickets", ["waiting_since", "updated_at", "id"], filter: Unfinished, descending: [false, true, true]);
        migrationBuilder.CreateIndex("ix_tickets_next_due_at_updated_at_id", "tickets", ["next_due_at", "updated_at", "id"], filter: Unfinished, descending: [false, true, true]);
        migrationBuilder.CreateIndex("ix_tickets_resolved_at", "tickets", "resolved_at", filter: "resolved_at is not null");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex("ix_tickets_resolved_at", "tickets");
        migrationBuilder.DropIndex("ix_tickets_next_due_at_updated_at_id", "tickets");
        migrationBuilder.DropIndex("ix_tickets_waiting_since_updated_at_id", "tickets");
    }
}
