using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureBase.Core.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Webhooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "status_code",
                table: "delivery_attempts",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "earlier_attempts",
                table: "deliveries",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<Guid>(
                name: "order_key",
                table: "deliveries",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "sequence",
                table: "deliveries",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "delivery_exchanges",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    delivery_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    url = table.Column<string>(type: "text", nullable: false),
                    request_headers = table.Column<string>(type: "jsonb", nullable: false),
                    response_headers = table.Column<string>(type: "jsonb", nullable: false),
                    response_body = table.Column<byte[]>(type: "bytea", nullable: false),
                    response_truncated = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delivery_exchanges", x => new { x.tenant_id, x.delivery_id, x.number });
                    table.ForeignKey(
                        name: "fk_delivery_exchanges_delivery_attempts_tenant_id_delivery_id_~",
                        columns: x => new { x.tenant_id, x.delivery_id, x.number },
                        principalTable: "delivery_attempts",
                        principalColumns: new[] { "tenant_id", "delivery_id", "number" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "delivery_lanes",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    channel = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false, collation: "C"),
                    lane = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    paused = table.Column<bool>(type: "boolean", nullable: false),
                    per_second = table.Column<int>(type: "integer", nullable: true),
                    allowance = table.Column<double>(type: "double precision", nullable: false),
                    allowance_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    held_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    half_open = table.Column<bool>(type: "boolean", nullable: false),
                    failing_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    exhausted = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delivery_lanes", x => new { x.tenant_id, x.channel, x.lane });
                });

            migrationBuilder.CreateTable(
                name: "delivery_payloads",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    channel = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false, collation: "C"),
                    body = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delivery_payloads", x => new { x.tenant_id, x.event_id, x.channel });
                    table.ForeignKey(
                        name: "fk_delivery_payloads_outbox_events_tenant_id_event_id",
                        columns: x => new { x.tenant_id, x.event_id },
                        principalTable: "outbox_events",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "published_events",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    content_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_published_events", x => new { x.tenant_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "webhooks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    url = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    origin = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    description = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    events = table.Column<string[]>(type: "text[]", nullable: false),
                    scheme = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    secret = table.Column<byte[]>(type: "bytea", nullable: true),
                    public_key = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    previous_secret = table.Column<byte[]>(type: "bytea", nullable: true),
                    previous_ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ordered = table.Column<bool>(type: "boolean", nullable: false),
                    rate_limit = table.Column<int>(type: "integer", nullable: true),
                    headers = table.Column<byte[]>(type: "bytea", nullable: true),
                    header_names = table.Column<string[]>(type: "text[]", nullable: false),
                    status = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    disabled_reason = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    disabled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_by_name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhooks", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "delivery_tallies",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    channel = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false, collation: "C"),
                    lane = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    quarter = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    succeeded = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delivery_tallies", x => new { x.tenant_id, x.channel, x.lane, x.quarter });
                    table.ForeignKey(
                        name: "fk_delivery_tallies_delivery_lanes_tenant_id_channel_lane",
                        columns: x => new { x.tenant_id, x.channel, x.lane },
                        principalTable: "delivery_lanes",
                        principalColumns: new[] { "tenant_id", "channel", "lane" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "webhook_recoveries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    endpoint_id = table.Column<Guid>(type: "uuid", nullable: false),
                    from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    total = table.Column<long>(type: "bigint", nullable: true),
                    recovered = table.Column<long>(type: "bigint", nullable: false),
                    position = table.Column<Guid>(type: "uuid", nullable: false),
                    created_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_by_name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_recoveries", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_webhook_recoveries_webhooks_tenant_id_endpoint_id",
                        columns: x => new { x.tenant_id, x.endpoint_id },
                        principalTable: "webhooks",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_failed",
                table: "deliveries",
                columns: new[] { "tenant_id", "channel", "id", "lane" },
                filter: "status = 'failed'");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_log",
                table: "deliveries",
                columns: new[] { "tenant_id", "channel", "target", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_ordered",
                table: "deliveries",
                columns: new[] { "tenant_id", "channel", "lane", "order_key", "sequence" },
                filter: "status = 'pending' and order_key is not null");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_events_subject",
                table: "outbox_events",
                columns: new[] { "tenant_id", "subject_id" });

            migrationBuilder.CreateIndex(
                name: "ix_delivery_lanes_failing",
                table: "delivery_lanes",
                columns: new[] { "tenant_id", "failing_since" },
                filter: "failing_since is not null");

            migrationBuilder.CreateIndex(
                name: "ix_published_events_tenant_id_published_at",
                table: "published_events",
                columns: new[] { "tenant_id", "published_at" });

            migrationBuilder.CreateIndex(
                name: "ix_webhook_recoveries_running",
                table: "webhook_recoveries",
                columns: new[] { "tenant_id", "endpoint_id" },
                unique: true,
                filter: "status = 'running'");

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_tenant_id_created_at_id",
                table: "webhooks",
                columns: new[] { "tenant_id", "created_at", "id" });

            Protect(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            Unprotect(migrationBuilder);

            migrationBuilder.DropTable(
                name: "delivery_exchanges");

            migrationBuilder.DropTable(
                name: "delivery_payloads");

            migrationBuilder.DropTable(
                name: "delivery_tallies");

            migrationBuilder.DropTable(
                name: "published_events");

            migrationBuilder.DropTable(
                name: "webhook_recoveries");

            migrationBuilder.DropTable(
                name: "delivery_lanes");

            migrationBuilder.DropTable(
                name: "webhooks");

            migrationBuilder.DropIndex(
                name: "ix_outbox_events_subject",
                table: "outbox_events");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_failed",
                table: "deliveries");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_log",
                table: "deliveries");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_ordered",
                table: "deliveries");

            migrationBuilder.DropColumn(
                name: "status_code",
                table: "delivery_attempts");

            migrationBuilder.DropColumn(
                name: "earlier_attempts",
                table: "deliveries");

            migrationBuilder.DropColumn(
                name: "order_key",
                table: "deliveries");

            migrationBuilder.DropColumn(
                name: "sequence",
                table: "deliveries");
        }
    }
}
