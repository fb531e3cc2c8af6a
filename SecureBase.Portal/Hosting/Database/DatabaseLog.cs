namespace SecureBase.Portal.Hosting.Database;

internal static partial class DatabaseLog
{
    [LoggerMessage(1001, LogLevel.Information, "Made a new PostgreSQL {Major} cluster in {Folder}")]
    public static partial void ClusterMade(ILogger logger, int major, string folder);

    [LoggerMessage(1002, LogLevel.Information, "Started PostgreSQL on 127.0.0.1:{Port} in {Milliseconds} ms")]
    public static partial void Started(ILogger logger, int port, long milliseconds);

    [LoggerMessage(1003, LogLevel.Information, "Attached to the PostgreSQL that runs on 127.0.0.1:{Port}")]
    public static partial void Attached(ILogger logger, int port);

    [LoggerMessage(1004, LogLevel.Warning, "PostgreSQL did not start yet and is tried again: {Reason}")]
    public static partial void StartRetried(ILogger logger, string reason);

    [LoggerMessage(1005, LogLevel.Error, "PostgreSQL on port {Port} is gone; bringing it back")]
    public static partial void Lost(ILogger logger, int port);

    [LoggerMessage(1006, LogLevel.Error, "PostgreSQL could not be brought back and is tried again")]
    public static partial void RestartFailed(ILogger logger, Exception exception);

    [LoggerMessage(1007, LogLevel.Information, "Stopped PostgreSQL: no process uses it any more")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1008, LogLevel.Information, "Left PostgreSQL running for the other processes that use it")]
    public static partial void LeftRunning(ILogger logger);

    [LoggerMessage(1009, LogLevel.Warning, "PostgreSQL did not stop in time and was told to stop at once; committed data is safe")]
    public static partial void StoppedHard(ILogger logger);

    [LoggerMessage(1010, LogLevel.Warning, "PostgreSQL was left running: {Reason}")]
    public static partial void NotStopped(ILogger logger, string reason);

    [LoggerMessage(1011, LogLevel.Information, "Created the database roles and the database {Database}")]
    public static partial void RolesCreated(ILogger logger, string database);

    [LoggerMessage(1012, LogLevel.Information, "Waiting for the database server {Server}: {Reason}")]
    public static partial void WaitingForServer(ILogger logger, string server, string reason);

    [LoggerMessage(1013, LogLevel.Warning, "The superuser's password was lost and has been set anew")]
    public static partial void SuperuserReset(ILogger logger);
}
