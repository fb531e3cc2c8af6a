using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureBase.Core.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class AuditChain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit_anchors",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    base_sequence = table.Column<long>(type: "bigint", nullable: false),
                    base_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    chain_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    seal = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_anchors", x => new { x.tenant_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "audit_chain",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    entry_id = table.Column<Guid>(type: "uuid", nullable: false),
                    entry_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    previous_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    chain_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    sealed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_chain", x => new { x.tenant_id, x.sequence });
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_chain_tenant_id_entry_id",
                table: "audit_chain",
                columns: new[] { "tenant_id", "entry_id" },
                unique: true);

            Protect(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            Unprotect(migrationBuilder);

            migrationBuilder.DropTable(
                name: "audit_anchors");

            migrationBuilder.DropTable(
                name: "audit_chain");
        }
    }
}
