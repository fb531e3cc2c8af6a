using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureBase.Core.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class TenantSettings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "accent",
                table: "tenants",
                type: "character varying(7)",
                maxLength: 7,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "api_requests_quota",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "requires_second_factor",
                table: "tenants",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "tickets_quota",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "users_quota",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "webhook_endpoints_quota",
                table: "tenants",
                type: "integer",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "accent",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "api_requests_quota",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "requires_second_factor",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "tickets_quota",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "users_quota",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "webhook_endpoints_quota",
                table: "tenants");
        }
    }
}
