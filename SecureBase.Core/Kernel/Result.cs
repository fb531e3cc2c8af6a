using System.Diagnostics.CodeAnalysis;

namespace SecureBase.Core.Kernel;

/// <summary>The outcome of a use case: a value, or the <see cref="Kernel.Error"/> that says why there is none.</summary>
public readonly record struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Error? error) => (_value, Error) = (value, error);

    /// <summary>Null when it succeeded.</summary>
    public Error? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"No value: {Error.Code}: {Error.Message}");

    /// <summary>For interface types, which no conversion operator can take.</summary>
    public static Result<T> Success(T value) => new(value, null);

    public static implicit operator Result<T>(T value) => new(value, null);
    public static implicit operator Result<T>(Error error) => new(default, error);

    public Result<TOut> Map<TOut>(Func<T, TOut> map) => Error is { } error ? error : map(_value!);
    public TOut Match<TOut>(Func<T, TOut> success, Func<Error, TOut> failure) => Error is { } error ? failure(error) : success(_value!);
}

/// <summary>The value of a use case that answers nothing.</summary>
public readonly record struct Done
{
    public static readonly Done Value;
}
