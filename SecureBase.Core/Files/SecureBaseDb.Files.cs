using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Files;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<StoredFile> Files => Set<StoredFile>();
    public DbSet<FileChunk> FileChunks => Set<FileChunk>();
}
