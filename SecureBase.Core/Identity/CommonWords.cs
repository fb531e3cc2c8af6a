using System.Collections.Frozen;

namespace SecureBase.Core.Identity;

/// <summary>What common passwords are made of: first words, names, months, teams and defaults, each in small letters without digits and signs.</summary>
internal static class CommonWords
{
    internal static readonly HashSet<string> All = Split("""
        a abc access account adidas admin administrator airport alex alexander alexandra alexis alice allison alpha amanda amazon america american amy andrea
        andrew andy angel angela angelo angels anna anthony apollo apple april arsenal ashley asshole august austin azerty baby babygirl bailey banana bandit
        barbara barcelona barney baseball basketball batman beach bear beautiful beer bella benjamin berlin beta bigdaddy bigdog bill billy black blackberry
        blink blue bond booboo boomer boston brandon brandy brazil brian brooklyn bubbles buddy buster butter butterfly cameron canada captain carlos carmen
        caroline casper chance change changeit changeme changemenow charles charlie cheese chelsea cherry chester chicago chicken china chocolate chris
        christian christina christine christopher claire cloud coffee college company computer connect cookie cool cooper corvette cowboy cowboys cream
        crystal daddy dallas dan daniel daniela danielle dave david december default delta demo denise dennis desktop destiny diablo diamond diana digital
        doctor dog dolphin dolphins donald dragon dragons dream dreams drowssap eagle eagles eclipse edward einstein elephant elizabeth emily eminem emma
        emmanuel enter eric example excel extreme facebook falcon family fashion february felix fender ferrari fire fireball firewall fish fishing florida
        flower flowers football ford forever france francesco francis frank franklin freddy free freedom friday friend friends fuck fuckoff fuckyou future
        galaxy gandalf garden garfield gateway gemini george german germany ghost giants ginger girl girls goddess gold golden golf golfer google gordon
        grandma green guest guitar gunner hacker hallo hammer hannah happy harley harry harvey heart heather heaven heidi hello helloworld help helpme hockey
        home honda honey hottie house houston hunter i icecream iloveu iloveyou incorrect infinity inter internet ireland iron isabella isabelle italy jack
        jackson jaguar jake james jamie january japan jasmine jason jasper jeff jennifer jeremy jessica jessie jesus jesuschrist john johnny johnson jordan
        joseph joshua juan julia july june junior justin juventus karen kate katherine kathryn katie kawasaki kelly kevin killer king kingdom kitten kitty
        knight lakers laura lauren legend leonardo letmein letmeinnow lewis liberty life lincoln linux lion lisa liverpool login logitech london love lovely
        loveme lover loveyou lucky lucy madison maggie magic mallory manager manchester march marie marina marine mario mark marlboro martin martina mary
        maryjane master matrix matthew maverick max maximus may melissa member mercedes mercury merlin metallica michael michele michelle mickey microsoft
        midnight mike miller million minecraft mobile modem monday money monica monkey monster morgan mother motorola mountain muffin murphy music mustang my
        naruto natalie natasha nathan network new newpassword newyork nicholas nicole nikita nintendo nirvana nissan nokia none nothing november october
        office ohmygod oliver olivia one online open operator oracle orange orlando owner pa panda panther paradise paris parker pass passcode passion
        passphrase passport passw passwd password passwords passwort patricia patrick peace peanut pepper peter phantom phoenix player please pokemon police
        polska poop porsche power pretty prince princess private prophet public purple pussy qazwsx qwer qwert qwerty qwertz rabbit rachel rainbow ranger
        rangers raven rebecca red redsox remember renault richard robert rock rocket rocky ronaldo root rose roses russia ryan sabrina sailor saint salmon sam
        samantha samsung samuel sandra santiago saturday saturn scarface school scooby scooter scorpio scorpion scott secret secrets secure security senha
        september server service sesame sex sexy shadow shalom shannon sheila sierra silver simple simpsons skippy slayer smile smokey snoopy soccer sophia
        sophie spain sparky spencer spider spiderman spirit spongebob spring star stars start starwars steelers stephanie stephen steven strong student summer
        sunday sundays sunflower sunrise sunset sunshine superman superstar support susan sweet sweetheart sweetie swordfish sydney system tamara taylor
        teacher tech temp temporary temppass tennis teresa test testing testtest texas the thomas thunder thursday tiffany tiger tigers tigger time tinkerbell
        today tomorrow toyota travel trinity trust trustno trustnoone tuesday turtle twilight twitter tyler undertaker united unknown user username vampire
        vanessa vanilla veronica victor victoria video viking vikings vincent violet virginia vision volleyball walter warcraft warrior water wednesday
        welcome west whatever white william williams willow wilson windows winner winter wizard wolf wonder wordpass work world xbox xxx yamaha yankees yellow
        yes you young your zachary zaq zero zxcvbn zxcvbnm
        """);

    /// <summary>Whole passwords of more than two words.</summary>
    internal static readonly FrozenSet<string> Phrases = Split("""
        correcthorsebatterystaple thequickbrownfox thequickbrownfoxjumpsoverthelazydog letmeinplease opensesame opensesameplease maytheforcebewithyou
        iloveyousomuch iloveyouforever ilovemyfamily ilovemymom ilovejesus iloveyoubaby inthenameofgod tobeornottobe onceuponatime neversaynever
        passwordpassword mypasswordis thisismypassword thisispassword mynewpassword newpasswordplease changethispassword pleasechangeme donotforget forgotpassword forgotmypassword
        letmeinletmein welcometothejungle welcomehome helloworldhello nothingtosee areyoukidding whatsoeverwhatever supercalifragilistic livelaughlove
        everydayishalloween goodmorning goodmorningsunshine happybirthday happybirthdaytoyou merrychristmas happynewyear manchesterunited realmadrid newyorkyankees losangeleslakers
        harrypotter gameofthrones lordoftherings hakunamatata whatthefuck fuckyoubitch trustnobody jesuslovesme jesusislord godislove godisgood thankyoujesus
        administratoradmin adminadminadmin rootrootroot rootpassword adminpassword userpassword guestguestguest testtesttest secretsecret passphrasepassphrase
        """).ToFrozenSet(StringComparer.Ordinal);

    private static HashSet<string> Split(string words) => new(words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
