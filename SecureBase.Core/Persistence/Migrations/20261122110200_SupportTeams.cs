using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

/// <summary>Teams of staff, and which of them has a ticket; what the queue's views count stands in one index.</summary>
[DbContext(typeof(SecureBaseDb))]
[Migration("20261122110200_SupportTeams")]
public partial class SupportTeams : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<Guid>("team_id", "tickets", "uuid", nullable: true);
        migrationBuilder.AddColumn<string>("team_name", "tickets", "character varying(60)", maxLength: 60, nullable: true);
        migrationBuilder.AddColumn<string>("team_name", "ticket_events", "character varying(60)", maxLength: 60, nullable: true);
        migrationBuilder.CreateIndex("ix_tickets_team_id", "tickets", "team_id", filter: "team_id is not null");
        migrationBuilder.DropIndex("ix_tickets_status_waiting_since", "tickets");
        migrationBuilder.CreateIndex("ix_tickets_status_waiting_since", "tickets", ["status", "waiting_since"], filter: "status not in ('resolved', 'closed')")
            .Annotation("Npgsql:IndexInclude", new[] { "assignee_id", "team_id", "priority", "category", "tags" });

        migrationBuilder.CreateTable(
            "support_teams",
            table => new
            {
                id = table.Column<Guid>("uuid", nullable: false),
                tenant_id = table.Column<Guid>("uuid", nullable: false),
                name = table.Column<string>("character varying(60)", maxLength: 60, nullable: false),
                purpose = table.Column<string>("character varying(200)", maxLength: 200, nullable: false),
                updated_by = table.Column<string>("character varying(120)", maxLength: 120, nullable: false),
                created_at = table.Column<DateTimeOffset>("timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>("timestamp with time zone", nullable: false),
                version = table.Column<int>("integer", nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_support_teams", x => x.id);
                table.UniqueConstraint("ak_support_teams_tenant_id_id", x => new { x.tenant_id, x.id });
                table.ForeignKey("fk_support_teams_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_support_teams_tenant_id_name", "support_teams", ["tenant_id", "name"], unique: true);

        migrationBuilder.CreateTable(
            "support_team_members",
            table => new
            {
                tenant_id = table.Column<Guid>("uuid", nullable: false),
                team_id = table.Column<Guid>("uuid", nullable: false),
                person_id = table.Column<Guid>("uuid", nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_support_team_members", x => new { x.tenant_id, x.team_id, x.person_id });
                table.ForeignKey("fk_support_team_members_people_tenant_id_person_id", x => new { x.tenant_id, x.person_id }, "people", ["tenant_id", "id"], onDelete: ReferentialAction.Cascade);
                table.ForeignKey("fk_support_team_members_support_teams_tenant_id_team_id", x => new { x.tenant_id, x.team_id }, "support_teams", ["tenant_id", "id"], onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_support_team_members_tenant_id_person_id", "support_team_members", ["tenant_id", "person_id"]);

        migrationBuilder.IsolateByTenant("support_teams", AppRights.All);
        migrationBuilder.IsolateByTenant("support_team_members", AppRights.Select | AppRights.Insert | AppRights.Delete);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("support_team_members");
        migrationBuilder.DropTable("support_teams");
        migrationBuilder.DropIndex("ix_tickets_status_waiting_since", "tickets");
        migrationBuilder.CreateIndex("ix_tickets_status_waiting_since", "tickets", ["status", "waiting_since"]);
        migrationBuilder.DropColumn("team_name", "ticket_events");
        migrationBuilder.DropColumn("team_name", "tickets");
        migrationBuilder.DropColumn("team_id", "tickets");
    }
}
