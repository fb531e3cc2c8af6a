using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureBase.Core.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class SupportDays : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "breached_at",
                table: "sla_clocks",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "support_day_changes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ticket_id = table.Column<Guid>(type: "uuid", nullable: false),
                    left_day = table.Column<DateOnly>(type: "date", nullable: true),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_support_day_changes", x => x.id);
                    table.ForeignKey(
                        name: "fk_support_day_changes_tickets_tenant_id_ticket_id",
                        columns: x => new { x.tenant_id, x.ticket_id },
                        principalTable: "tickets",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "support_days",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    plan = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    category = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: false),
                    is_kept = table.Column<bool>(type: "boolean", nullable: false),
                    opened = table.Column<int>(type: "integer", nullable: false),
                    resolved = table.Column<int>(type: "integer", nullable: false),
                    replies = table.Column<int>(type: "integer", nullable: false),
                    first_response_seconds = table.Column<int[]>(type: "integer[]", nullable: false),
                    resolution_seconds = table.Column<int[]>(type: "integer[]", nullable: false),
                    first_response_met = table.Column<int>(type: "integer", nullable: false),
                    first_response_breached = table.Column<int>(type: "integer", nullable: false),
                    next_response_met = table.Column<int>(type: "integer", nullable: false),
                    next_response_breached = table.Column<int>(type: "integer", nullable: false),
                    resolution_met = table.Column<int>(type: "integer", nullable: false),
                    resolution_breached = table.Column<int>(type: "integer", nullable: false),
                    ratings = table.Column<int>(type: "integer", nullable: false),
                    rating_sum = table.Column<int>(type: "integer", nullable: false),
                    satisfied = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_support_days", x => new { x.tenant_id, x.day, x.plan, x.category, x.agent_id, x.is_kept });
                });

            migrationBuilder.CreateIndex(
                name: "ix_support_day_changes_tenant_id_ticket_id",
                table: "support_day_changes",
                columns: new[] { "tenant_id", "ticket_id" });

            Protect(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            Unprotect(migrationBuilder);

            migrationBuilder.DropTable(
                name: "support_day_changes");

            migrationBuilder.DropTable(
                name: "support_days");

            migrationBuilder.DropColumn(
                name: "breached_at",
                table: "sla_clocks");
        }
    }
}
