using System.Reflection;
using System.Reflection.Emit;

namespace SecureBase.Tests.Architecture;

/// <summary>Which types a type names, in its signatures and in the code of its methods. Inlined constants leave no trace.</summary>
internal static class TypeReferences
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    /// <summary>Types written by people, with what the compiler nested in them counted as theirs.</summary>
    internal static IEnumerable<(Type From, Type To)> In(Assembly assembly) => Between(assembly, assembly);

    /// <summary>What types of one assembly name of themselves and of another.</summary>
    internal static IEnumerable<(Type From, Type To)> Between(Assembly assembly, Assembly other) =>
        from type in assembly.GetTypes()
        let outermost = Outermost(type)
        from named in Of(type).SelectMany(Flatten).Distinct()
        where (named.Assembly == assembly || named.Assembly == other) && Outermost(named) != outermost
        select (outermost, Outermost(named));

    internal static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    private static IEnumerable<Type> Of(Type type)
    {
        IEnumerable<Type?> named =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetCustomAttributesData().Select(a => a.AttributeType),
            .. type.GetFields(Declared).Select(f => f.FieldType),
            .. type.GetMethods(Declared).SelectMany(m => OfMethod(m).Append(m.ReturnType)),
            .. type.GetConstructors(Declared).SelectMany(OfMethod),
        ];
        return named.OfType<Type>();
    }

    private static IEnumerable<Type> OfMethod(MethodBase method)
    {
        foreach (var parameter in method.GetParameters())
            yield return parameter.ParameterType;
        if (method.GetMethodBody() is not { } body)
            yield break;
        foreach (var local in body.LocalVariables)
            yield return local.LocalType;
        foreach (var token in Tokens(body.GetILAsByteArray()!))
        {
            foreach (var type in Resolve(method, token))
                yield return type;
        }
    }

    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE)
                value = (short)(0xFE00 | code[at++]);
            var operand = Codes[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
                yield return BitConverter.ToInt32(code, at);
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Resolve(MethodBase within, int token)
    {
        var typeArguments = within.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
        var methodArguments = within.IsGenericMethod ? within.GetGenericArguments() : null;
        var member = within.Module.ResolveMember(token, typeArguments, methodArguments)!;
        if (member is Type type)
            return [type];
        IEnumerable<Type?> named = member switch
        {
            FieldInfo field => [field.DeclaringType, field.FieldType],
            MethodInfo { IsGenericMethod: true } method => [method.DeclaringType, method.ReturnType, .. method.GetGenericArguments()],
            MethodInfo method => [method.DeclaringType, method.ReturnType],
            _ => [member.DeclaringType],
        };
        return named.OfType<Type>();
    }

    private static IEnumerable<Type> Flatten(Type type)
    {
        if (type.HasElementType)
            return Flatten(type.GetElementType()!);
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Flatten).Append(type.GetGenericTypeDefinition()) : [type];
    }
}
