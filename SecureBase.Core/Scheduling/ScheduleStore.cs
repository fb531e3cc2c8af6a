using System.Data.Common;
using Quartz;

namespace SecureBase.Core.Scheduling;

/// <summary>Where the schedule is kept: in a schema of its own, the same for those who make its tables and those who use them.</summary>
internal static class ScheduleStore
{
    internal const string Schema = "quartz";

    internal static void UseSchedule(this IPersistentStoreBuilder store, Func<IServiceProvider, DbDataSource> source)
    {
        store.UsePostgres(database => database.DataSourceFactory = source);
        store.ConfigureStore(options =>
        {
            options.TablePrefix = Schema + ".qrtz_";
            options.StoreJobDataAsStrings = true;
        });
        store.UseExecutionHistory();
    }
}
