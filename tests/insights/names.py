"""Names as people in these countries have them, in the letters they write; words of no language."""

from __future__ import annotations

_SOUTH_ASIA = (
    "Ramesh Karki;Sunita Tharu;Bishnu Adhikari;Dilip Magar;Kamala Rijal;Prakash Bhattarai;"
    "Rekha Yadav;Sanjay Chaudhary;Nirmala Pokhrel;Gopal Basnet;Mohammad Rafiqul;Shahida Akhtar;"
    "Abdul Karim;Nasrin Sultana;Jahangir Alam;Farhana Begum;Ram Sharma;Sita Thapa;Asif Iqbal;"
    "Zubaida Parveen;Murugan Selvam;Lakshmi Priya;Chaminda Fernando;Nilanthi Jayasuriya"
).split(";")
NAMES: dict[str, list[str]] = {
    "en": [
        *_SOUTH_ASIA,
        *"Wanjiku Kamau;Achieng Odhiambo;Kwabena Mensah;Nakato Namukasa".split(";"),
    ],
    "ne-Latn": _SOUTH_ASIA,
    "hi-Latn": _SOUTH_ASIA,
    "bn-Latn": _SOUTH_ASIA,
    "ur-Latn": _SOUTH_ASIA,
    "ta-Latn": _SOUTH_ASIA,
    "si-Latn": _SOUTH_ASIA,
    "fil": "Juan dela;Rosario Magbanua;Jennylyn Bautista;Arnel Macaraeg;Maricel Dimagiba".split(
        ";"
    ),
    "id": "Siti Nurhaliza;Wahyuni Lestari;Bambang Susilo;Agus Prasetyo;Sumiati Rahayu".split(";"),
    "sw": "Wanjiru Mwangi;Akinyi Otieno;Juma Kipchoge;Nekesa Wafula;Mumbua Mutua".split(";"),
    "es": "Ximena Quispe;Yuliana Huanca;Wilmer Chuquimia;Edwin Mamani;Leidy Ccopa".split(";"),
    "fr": "Aminata Diallo;Fatou Ndiaye;Moussa Traoré;Awa Coulibaly;Ousmane Keïta".split(";"),
    "ru": "Гульнара Абдыкадырова;Рустам Юлдашев;Дилшод Каримов;Айгуль Токтогулова".split(";"),
    "vi": (
        "Nguyễn Văn Hùng;Trần Thị Hoa;lê thị tuyết;phạm quốc đạt;Hoàng Đình Khải;vũ thị nhung"
    ).split(";"),
    "ne": "रमेश कार्की;सुनिता थारू;विष्णु अधिकारी;दिलीप मगर;निर्मला पोखरेल;राम शर्मा".split(";"),
    "hi": "सुरेश यादव;पूजा कुशवाहा;रमेश चौहान;शबनम अंसारी;महेंद्र पासवान;राम शर्मा".split(";"),
    "bn": "রফিকুল হাসান;নাসরিন সুলতানা;জাহাঙ্গীর হাওলাদার;শাহিদা আক্তার;মোস্তফা মোল্লা".split(";"),
    "ta": "முருகேசன் செல்வம்;லட்சுமி பிரியா;கண்ணன் சுப்பையா;கவிதா ராஜேந்திரன்".split(";"),
    "si": "චමින්ද ප්‍රනාන්දු;නිලන්ති ජයසූරිය;සුනිල් බණ්ඩාර;කුමාරි වික්‍රමසිංහ".split(";"),
    "ar": "فاطمة الزهراني;خديجة بوعزة;عبدالقادر المنصوري;سكينة بنعلي;ياسر الحكيمي".split(";"),
    "ur": "شہباز نیازی;زبیدہ پروین;عرفان گجر;کلثوم خانزادی;مظہر بلوچ".split(";"),
    "am": "ሰላማዊት ገብረመድህን;ትዕግስት ወልደሚካኤል;አበበች ጎበና;ሙሉጌታ ከበደ".split(";"),
    "km": "សុខសុភា;ចន្ទដារ៉ា;វុទ្ធីពិសី;សោភាកញ្ញា;ហេងមករា;គឹមលីដា".split(";"),
    "my": "အောင်ကျော်ဇော်;သီရိထွန်း;ဝင်းမြင့်လှ;ခင်စန်းနွယ်;ဖြိုးမင်းသန့်;နန်းမြတ်နိုး".split(";"),
}
