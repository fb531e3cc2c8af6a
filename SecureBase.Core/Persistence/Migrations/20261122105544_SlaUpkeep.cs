using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureBase.Core.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class SlaUpkeep : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "terms_sequence",
                table: "tickets",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateIndex(
                name: "ix_tickets_tenant_id_terms_sequence",
                table: "tickets",
                columns: new[] { "tenant_id", "terms_sequence" },
                filter: "resolved_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_tickets_without_clocks",
                table: "tickets",
                column: "tenant_id",
                filter: "terms_sequence = 0");

            migrationBuilder.CreateIndex(
                name: "ix_sla_clocks_due_at_ticket_id",
                table: "sla_clocks",
                columns: new[] { "due_at", "ticket_id" },
                filter: "ended_at is null and due_at is not null");

            KnowTerms(migrationBuilder);
            BeginWithWhoeverWaitsLongest(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            BeginAnywhere(migrationBuilder);

            migrationBuilder.DropIndex(
                name: "ix_tickets_tenant_id_terms_sequence",
                table: "tickets");

            migrationBuilder.DropIndex(
                name: "ix_tickets_without_clocks",
                table: "tickets");

            migrationBuilder.DropIndex(
                name: "ix_sla_clocks_due_at_ticket_id",
                table: "sla_clocks");

            migrationBuilder.DropColumn(
                name: "terms_sequence",
                table: "tickets");
        }
    }
}
