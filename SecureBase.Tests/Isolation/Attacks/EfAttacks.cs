using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using SecureBase.Core.Persistence;
using SecureBase.Tests.Isolation.Rows;

namespace SecureBase.Tests.Isolation.Attacks;

/// <summary>What code of the product could do by mistake, through the context.</summary>
internal static class EfAttacks
{
    private const Locks Both = Locks.Filter | Locks.RowSecurity;

    internal static readonly IReadOnlyList<Attack> All =
    [
        new("ef find", Both, on => On(on).FindAsync()),
        new("ef list", Both, on => On(on).ListAsync()),
        new("ef include", Both, on => On(on).IncludeAsync()),
        new("ef load a navigation", Both, on => On(on).LoadAsync()),
        new("ef projection", Both, on => On(on).ProjectAsync()),
        new("ef from sql", Both, on => On(on).FromSqlAsync()),
        new("ef execute update", Both, on => On(on).ExecuteUpdateAsync()),
        new("ef execute delete", Both, on => On(on).ExecuteDeleteAsync()),
        new("ef add", Locks.Stamp | Locks.RowSecurity, on => On(on).AddAsync()),
        new("ef update of a made-up instance", Locks.RowSecurity, on => On(on).UpdateStubAsync()),
        new("ef remove of a made-up instance", Locks.RowSecurity, on => On(on).RemoveStubAsync()),
    ];

    private static IEntityAttacks On(Assault on) =>
        (IEntityAttacks)Activator.CreateInstance(typeof(EntityAttacks<>).MakeGenericType(on.Entity.ClrType), on)!;

    private interface IEntityAttacks
    {
        Task<Outcome> FindAsync();
        Task<Outcome> ListAsync();
        Task<Outcome> IncludeAsync();
        Task<Outcome> LoadAsync();
        Task<Outcome> ProjectAsync();
        Task<Outcome> FromSqlAsync();
        Task<Outcome> ExecuteUpdateAsync();
        Task<Outcome> ExecuteDeleteAsync();
        Task<Outcome> AddAsync();
        Task<Outcome> UpdateStubAsync();
        Task<Outcome> RemoveStubAsync();
    }

    private sealed class EntityAttacks<T>(Assault on) : IEntityAttacks where T : class
    {
        private IEnumerable<INavigation> Navigations => on.Entity.GetNavigations();

        private IProperty Owner => TenantModel.Owner(on.Entity);

        // Something an update can set to itself.
        private IProperty? Plain => on.Entity.GetProperties().FirstOrDefault(p => !p.IsKey() && !p.IsForeignKey() && !p.IsConcurrencyToken && !TenantModel.IsMadeByDatabase(p));

        public async Task<Outcome> FindAsync()
        {
            await using var db = on.OpenDb();
            return Read(await db.Set<T>().FindAsync([.. on.Entity.FindPrimaryKey()!.Properties.Select(p => Clr(p, on.Theirs[p]))]));
        }

        public async Task<Outcome> ListAsync()
        {
            await using var db = on.OpenDb();
            return Read([.. await db.Set<T>().ToListAsync()]);
        }

        public async Task<Outcome> IncludeAsync()
        {
            if (!Navigations.Any())
                return Outcome.NoOccasion;
            await using var db = on.OpenDb();
            var query = Navigations.Aggregate((IQueryable<T>)db.Set<T>(), (q, navigation) => q.Include(navigation.Name));
            await query.LoadAsync();
            return Read([.. db.ChangeTracker.Entries().Select(e => e.Entity)]);
        }

        public async Task<Outcome> LoadAsync()
        {
            if (!Navigations.Any())
                return Outcome.NoOccasion;
            await using var db = on.OpenDb();
            var theirs = Stub(db, on.Theirs);
            theirs.State = EntityState.Unchanged;
            foreach (var navigation in Navigations)
                await theirs.Navigation(navigation.Name).LoadAsync();
            return Read([.. db.ChangeTracker.Entries().Where(e => e.Entity != theirs.Entity).Select(e => e.Entity)]);
        }

        public async Task<Outcome> ProjectAsync()
        {
            await using var db = on.OpenDb();
            var owners = await db.Set<T>().GroupBy(row => EF.Property<Guid>(row, Owner.Name)).Select(g => new { Id = g.Key, Count = g.Count() }).ToListAsync();
            return owners.Any(o => on.ActingAs is null || o.Id != on.ActingAs) ? Outcome.Leaked : Outcome.Held;
        }

        public async Task<Outcome> FromSqlAsync()
        {
            await using var db = on.OpenDb();
            var sql = FormattableStringFactory.Create($"select * from {on.Table} where {on.OwnerColumn} = {{0}}", on.VictimId);
            return Read([.. await db.Set<T>().FromSql(sql).ToListAsync()]);
        }

        public async Task<Outcome> ExecuteUpdateAsync()
        {
            if (Plain is not { } plain)
                return Outcome.NoOccasion;
            await using var db = on.OpenDb();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var rows = db.Set<T>().Where(row => EF.Property<Guid>(row, Owner.Name) == on.VictimId);
            return await rows.ExecuteUpdateAsync(set => SetToItself(set, plain)) > 0 ? Outcome.Leaked : Outcome.Held;
        }

        public async Task<Outcome> ExecuteDeleteAsync()
        {
            await using var db = on.OpenDb();
            await using var transaction = await db.Database.BeginTransactionAsync();
            return await db.Set<T>().Where(row => EF.Property<Guid>(row, Owner.Name) == on.VictimId).ExecuteDeleteAsync() > 0 ? Outcome.Leaked : Outcome.Held;
        }

        public Task<Outcome> AddAsync() => SaveAsync(on.NewRowOfVictim(), EntityState.Added);

        public Task<Outcome> UpdateStubAsync() => Lying(EntityState.Modified);

        public Task<Outcome> RemoveStubAsync() => Lying(EntityState.Deleted);

        // Claims that a row of the victim, whose id it knows, is the attacker's own.
        private Task<Outcome> Lying(EntityState state) => on.Entity.FindPrimaryKey()!.Properties.Contains(Owner) || Plain is null
            ? Task.FromResult(Outcome.NoOccasion)
            : SaveAsync(Assault.With(on.Theirs, (Owner, on.AttackerId)), state);

        private async Task<Outcome> SaveAsync(PlantedRow row, EntityState state)
        {
            await using var db = on.OpenDb();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var stub = Stub(db, row);
            stub.State = state == EntityState.Modified ? EntityState.Unchanged : state;
            if (state == EntityState.Modified)
                stub.Property(Plain!.Name).IsModified = true;
            return await db.SaveChangesAsync() > 0 ? Outcome.Leaked : Outcome.Held;
        }

        private Outcome Read(params object?[] rows) => rows.Any(row => row is not null && on.IsForeign(row)) ? Outcome.Leaked : Outcome.Held;

        private static EntityEntry<T> Stub(SecureBaseDb db, PlantedRow row)
        {
            var entry = db.Entry((T)RuntimeHelpers.GetUninitializedObject(typeof(T)));
            foreach (var (property, value) in row.Values)
            {
                if (value is not null)
                    entry.Property(property.Name).CurrentValue = Clr(property, value);
            }
            return entry;
        }

        private static object? Clr(IProperty property, object? stored) =>
            property.GetTypeMapping().Converter is { } converter ? converter.ConvertFromProvider(stored)
            : stored is DateTime instant && (Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType) == typeof(DateTimeOffset) ? new DateTimeOffset(instant, TimeSpan.Zero)
            : stored;

        private static void SetToItself(UpdateSettersBuilder<T> set, IProperty property) =>
            typeof(EntityAttacks<T>).GetMethod(nameof(SetTypedToItself), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(property.ClrType).Invoke(null, [set, property.Name]);

        private static void SetTypedToItself<TValue>(UpdateSettersBuilder<T> set, string name)
        {
            Expression<Func<T, TValue>> itself = row => EF.Property<TValue>(row, name);
            set.SetProperty(itself, itself);
        }
    }
}
