using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureBase.Core.Persistence.Migrations
{
    /// <summary>Logos, exports and off-boarding.</summary>
    [DbContext(typeof(SecureBaseDb))]
    [Migration("20261122050900_TenantAdministration")]
    public partial class TenantAdministration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(name: "erased_at", table: "tenants", type: "timestamp with time zone", nullable: true);
            migrationBuilder.AddColumn<Guid>(name: "logo_version", table: "tenants", type: "uuid", nullable: true);
            migrationBuilder.AddColumn<string>(name: "offboarded_rows", table: "tenants", type: "jsonb", nullable: true);
            migrationBuilder.AddColumn<DateTimeOffset>(name: "offboarding_at", table: "tenants", type: "timestamp with time zone", nullable: true);
            migrationBuilder.AddColumn<int>(name: "version", table: "tenants", type: "integer", nullable: false, defaultValue: 1);

            migrationBuilder.CreateTable(
                name: "tenant_exports",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    requested_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_by_name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    requested_by_staff = table.Column<bool>(type: "boolean", nullable: false),
                    status = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    rows_expected = table.Column<long>(type: "bigint", nullable: false),
                    rows_done = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    lease_token = table.Column<Guid>(type: "uuid", nullable: true),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    size = table.Column<long>(type: "bigint", nullable: true),
                    sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    failure = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tenant_exports", x => x.id);
                    table.UniqueConstraint("ak_tenant_exports_tenant_id_id", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "tenant_logos",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<Guid>(type: "uuid", nullable: false),
                    content_type = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    width = table.Column<int>(type: "integer", nullable: false),
                    height = table.Column<int>(type: "integer", nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tenant_logos", x => x.tenant_id);
                    table.ForeignKey(
                        name: "fk_tenant_logos_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "tenant_export_chunks",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    export_id = table.Column<Guid>(type: "uuid", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tenant_export_chunks", x => new { x.tenant_id, x.export_id, x.attempt, x.number });
                    table.ForeignKey(
                        name: "fk_tenant_export_chunks_tenant_exports_tenant_id_export_id",
                        columns: x => new { x.tenant_id, x.export_id },
                        principalTable: "tenant_exports",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(name: "ix_tenant_exports_tenant_id_requested_at", table: "tenant_exports", columns: new[] { "tenant_id", "requested_at" });
            migrationBuilder.CreateIndex(name: "ix_tenant_exports_unfinished", table: "tenant_exports", column: "tenant_id", unique: true, filter: "finished_at is null");

            Protect(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            Unprotect(migrationBuilder);

            migrationBuilder.DropTable(name: "tenant_export_chunks");
            migrationBuilder.DropTable(name: "tenant_logos");
            migrationBuilder.DropTable(name: "tenant_exports");
            migrationBuilder.DropColumn(name: "erased_at", table: "tenants");
            migrationBuilder.DropColumn(name: "logo_version", table: "tenants");
            migrationBuilder.DropColumn(name: "offboarded_rows", table: "tenants");
            migrationBuilder.DropColumn(name: "offboarding_at", table: "tenants");
            migrationBuilder.DropColumn(name: "version", table: "tenants");
        }
    }
}
