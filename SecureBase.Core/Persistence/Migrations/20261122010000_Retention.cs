using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SecureBase.Core.Persistence.Migrations;

/// <summary>Rights only; the model stays as it is.</summary>
[DbContext(typeof(SecureBaseDb))]
[Migration("20261122010000_Retention")]
public partial class Retention : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => Protect(migrationBuilder);

    protected override void Down(MigrationBuilder migrationBuilder) => Unprotect(migrationBuilder);
}
